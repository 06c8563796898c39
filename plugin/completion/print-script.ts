import type { ExitCode } from '../exit-code.ts';
export const printCompletionScript = async (): Promise<ExitCode> => 0;
