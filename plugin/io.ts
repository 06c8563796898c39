/** Where text goes, and what is known of the reader. */
export type Output = {
  /** Text of any number of lines, without whatever is not printable; see `core/printable.ts`. */
  write(text: string): void;
  /** One line, whatever it quotes; its end is added. */
  line(text: string): void;
  /** Text that steers a terminal, such as colours: all that it quotes was made printable before. */
  styled(text: string): void;
  /** Data as they are. */
  bytes(data: Uint8Array): void;
  /** Settles once all that was written is out, or never will be. */
  flush(): Promise<void>;
  readonly isTerminal: boolean;
  /** Of a terminal: characters in a line. */
  readonly columns?: number | undefined;
};

/** Everything of the process that a command may use. Commands get it as a parameter and touch nothing else. */
export type Io = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The home directory; undefined where there is none. */
  readonly home: string | undefined;
  readonly stdin: AsyncIterable<Buffer>;
  /** A person sits at standard input and sees what is asked on stderr. */
  readonly isInteractive: boolean;
  /** Data. */
  readonly stdout: Output;
  /** Hints, warnings, errors. */
  readonly stderr: Output;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly random: () => number;
  /** Aborted by the first Ctrl-C, and by SIGTERM. */
  readonly signal: AbortSignal;
  /** Aborted by SIGTERM: nobody may be there to be asked, or to press anything. */
  readonly terminated: AbortSignal;
  /**
   * Aborted by the second Ctrl-C, or by one after SIGTERM, which ends the process: at once, unless somebody has asked for this, who is then given a moment to say how
   * it stands.
   */
  readonly heedSecondInterrupt: () => AbortSignal;
  /** From now on nothing ends because whoever read the output has gone. */
  readonly outliveReader: () => void;
  readonly version: string;
  /** This process among others. */
  readonly process: {
    /** Names the machine, and what of it process ids are counted in. */
    readonly machine: string;
    readonly pid: number;
    /** Whether another process of this machine is there. */
    readonly isAlive: (pid: number) => boolean;
  };
};
