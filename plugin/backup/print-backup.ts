import type { Io } from '../io.ts';
import { formatDocument } from '../output/document.ts';
import type { TakenBackup } from './take-backup.ts';

/** What `-o json` and `-o yaml` print of a new backup. Names are stable. */
const reportOf = ({ head, composition }: TakenBackup, directory: string, requests: number) => ({
  apiVersion: 'cli.kubectl-dr.dev/v1alpha1',
  kind: 'BackupReport',
  directory,
  createdAt: head.createdAt,
  source: head.source,
  objects: composition.objects.length,
  volumes: head.volumes,
  missing: head.missing,
  warnings: composition.warnings,
  requests,
});

/** Prints a new backup on stdout: its path alone, the names of its claims, or a document. */
export const printBackup = async (
  taken: TakenBackup,
  { directory, requests }: { readonly directory: string; readonly requests: number },
  output: string | undefined,
  io: Pick<Io, 'stdout'>,
): Promise<void> => {
  if (output === undefined) io.stdout.line(directory);
  else if (output === 'name')
    io.stdout.write(
      taken.head.volumes
        .map(({ persistentVolumeClaim }) => `persistentvolumeclaim/${persistentVolumeClaim}\n`)
        .join(''),
    );
  else io.stdout.write(await formatDocument(reportOf(taken, directory, requests), output));
};
