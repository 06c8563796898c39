import { Gauge, type Registry } from 'prom-client';

/** Adds gauges whose values are read at each scrape. */
export type GaugeMaker = {
  single(name: string, help: string, value: () => number | undefined): void;
  /** One value per value of the label; those that are gone are not told any more. */
  labelled(name: string, help: string, label: string, values: () => ReadonlyMap<string, number>): void;
};

/** Gauges of one registry; a single one is not told while its value is undefined. */
export const gaugesOf = (registry: Registry): GaugeMaker => {
  const registers = [registry];
  return {
    single: (name, help, value) => {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          const now = value();
          if (now === undefined) this.remove();
          else this.set(now);
        },
      });
    },
    labelled: (name, help, label, values) => {
      new Gauge({
        name,
        help,
        labelNames: [label],
        registers,
        collect() {
          this.reset();
          for (const [key, value] of values()) this.set({ [label]: key }, value);
        },
      });
    },
  };
};

/** What every program tells of itself. */
export const addProcessGauges = ({ single }: GaugeMaker): void => {
  single('process_resident_memory_bytes', 'Resident memory in bytes.', () => process.memoryUsage.rss());
};
