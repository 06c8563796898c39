/** What is looked at of an event that a command with `-o json` prints. */
export type Told = {
  type: string;
  message: string;
  code: string | null;
  step: string | null;
  group: string | null;
  nextCommand: string | null;
};

/** The events in what a command has printed so far: whole lines. */
export const eventsOf = (stdout: string): Told[] =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
