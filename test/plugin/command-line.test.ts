import { describe, expect, it } from 'vitest';
import { type Command, commandName } from '../../plugin/command.ts';
import { commands } from '../../plugin/commands/all.ts';
import { parseCommandLine } from '../../plugin/parse.ts';
import { run } from '../../plugin/run.ts';
import { memoryIo } from './memory-io.ts';

const flatten = (
  list: readonly Command[],
  path: readonly string[] = [],
): { path: string[]; command: Command }[] =>
  list.flatMap((command) => {
    const here = [...path, commandName(command)];
    return [{ path: here, command }, ...flatten(command.subcommands ?? [], here)];
  });

const all = flatten(commands).map(({ path, command }) => ({ name: path.join(' '), path, command }));

describe('every command', () => {
  it.each(all)('$name has help with examples that are its own command lines', async ({ path, command }) => {
    const io = memoryIo();
    expect(await run([...path, '--help'], io)).toBe(0);
    expect(io.out()).toContain(`Usage:\n  kubectl dr ${path.join(' ')}`);
    expect(io.out()).toContain('Examples:\n  # ');
    expect(command.examples.length).toBeLessThanOrEqual(4);
    const lines = command.examples.map(([line]) => line);
    expect(lines.filter((line) => line.includes(`kubectl dr ${path.join(' ')}`)).length).toBeGreaterThan(0);
  });

  it.each(all)('$name has help no wider than 80 columns, its examples aside', async ({ path }) => {
    const io = memoryIo();
    await run([...path, '--help'], io);
    const wide = io
      .out()
      .split('\n')
      .filter((line) => line.length > 80 && !line.startsWith('  kubectl '));
    expect(wide).toEqual([]);
  });

  it.each(all.filter(({ command }) => command.load !== undefined))(
    '$name understands its own examples',
    ({ command }) => {
      for (const [line] of command.examples) {
        const [, words] = /kubectl dr (.*?)( [<>|].*|\)|$)/.exec(line) ?? [];
        const typed = (words ?? '').split(' ').map((word) => word.replaceAll(/^'|'$/g, ''));
        expect(parseCommandLine(typed, commands).command.usage).toBe(command.usage);
      }
    },
  );
});

describe('a command line', () => {
  it('without words shows help', async () => {
    const io = memoryIo();
    expect(await run([], io)).toBe(0);
    expect(io.out()).toMatchInlineSnapshot(`
      "Disaster recovery of Kubernetes volumes, over two clusters.

      Usage:
        kubectl dr COMMAND [flags]

      Commands:
        status [PVC...]        Show both sites side by side: role here and there,
                               verdict, lag against schedule, next command
        check [PVC...]         Find what would go wrong: coded findings about both
                               sites, their volumes and this machine
        backup [PVC...]        Keep claims, their volumes and what they need as plain
                               YAML, cleaned for another cluster
        restore [SOURCE...]    Bring claims and their volumes back on the other site,
                               in order, until they are bound
        relocate [TARGET...]   Planned move to the other site, with both sites up:
                               nothing is lost
        failover [TARGET...]   Bring applications up on the other site after a
                               disaster; shows first what may be lost
        failback [TARGET...]   Return to the site that was lost, once it is back: its
                               older copy is made anew first
        plan VERB [TARGET...]  Print the steps of relocate, failover or failback, and
                               change nothing
        resume [NAME]          Go on with a procedure that was interrupted or failed,
                               from any machine
        undo [NAME]            Take a procedure back: at once before its first
                               promote, by another move after it
        history [NAME]         Show what whole procedures did, from the records on
                               both sites; one of them step by step
        protect [PVC...]       Protect claims: set Retain, create the
                               VolumeReplication, wait for the first sync
        promote [PVC...]       Make volumes primary on one site, once both sites were
                               looked at
        demote [PVC...]        Make volumes secondary on one site; refused while
                               anything uses them, or no copy has followed
        resync [PVC...]        Throw a site's copy away and fetch the one of the other
                               site, which has to be primary
        unprotect [PVC...]     End the protection of claims; on the primary that
                               removes the other site's copy
        explain [CODE]         Explain a safety rule by its code: cause, risk and
                               remedy
        sandbox                Two clusters with mirrored storage on this machine
        completion SHELL       Print a completion script for kubectl-dr; "kubectl dr"
                               itself completes through kubectl
        version                Show the version of kubectl dr and of what it runs on

      Flags stand after "dr": kubectl takes none before the name of a plugin.
      "kubectl dr COMMAND --help" shows the examples and flags of a command.
      "
    `);
  });

  it.each([
    { typed: 'status --foo', says: 'unknown flag: --foo; see "kubectl dr status --help"' },
    { typed: 'status -x', says: 'unknown shorthand flag: -x; see "kubectl dr status --help"' },
    { typed: 'status -n', says: 'flag needs a value: -n; see "kubectl dr status --help"' },
    { typed: 'stauts', says: 'unknown command "stauts", did you mean "status"?; see "kubectl dr --help"' },
    { typed: 'rbd-pvc status', says: 'unknown command "rbd-pvc"; see "kubectl dr --help"' },
    { typed: '-n shop', says: 'unknown shorthand flag: -n; see "kubectl dr --help"' },
    { typed: 'frobnicate', says: 'unknown command "frobnicate"; see "kubectl dr --help"' },
    { typed: 'version now', says: 'unexpected argument "now"; see "kubectl dr version --help"' },
    {
      typed: 'completion tcsh',
      says: 'invalid value "tcsh" for shell: choose bash, zsh, fish; see "kubectl dr completion --help"',
    },
    {
      typed: 'sandbox fail',
      says: 'an argument is missing: kubectl dr sandbox fail SITE; see "kubectl dr sandbox fail --help"',
    },
    {
      typed: 'explain DR199',
      says: 'there is no rule "DR199", only DR101 to DR116, DR201 to DR205, DR301 to DR306, DR401 to DR437; see all of them with "kubectl dr explain"',
    },
    {
      typed: 'status -o xml',
      says: 'unable to match a printer to the output format "xml"; allowed are wide, json, yaml, name, jsonpath=TEMPLATE',
    },
    {
      typed: 'status --request-timeout=5x',
      says: 'invalid value "5x" for --request-timeout; give a duration such as 5s or 1m30s, or 0 to wait forever',
    },
    {
      typed: 'status -A db',
      says: 'a claim cannot be named across all namespaces; leave out -A, or the names',
    },
    {
      typed: 'status pod/db',
      says: '"pod/db" names neither a claim nor its replication; give the name of a claim, pvc/NAME or vr/NAME',
    },
    {
      typed: 'sandbox up --ports=1',
      says: 'invalid value "1" for --ports; give two different ports, as 6443,6444',
    },
  ])('$typed is refused with code 2 and one line', async ({ typed, says }) => {
    const io = memoryIo();
    expect(await run(typed.split(' '), io)).toBe(2);
    expect(io.err()).toBe(`error: ${says}\n`);
    expect(io.out()).toBe('');
  });

  it('takes the last of a flag that is given twice, as kubectl does', () => {
    const { flags } = parseCommandLine(['status', '-n', 'a', '--namespace=b'], commands);
    expect(flags['namespace']).toBe('b');
  });

  it('finds its command behind flags, and takes no value of a flag for a command', () => {
    const { command, flags } = parseCommandLine(['-n', 'sandbox', 'status', 'db'], commands);
    expect([commandName(command), flags['namespace'], flags['pvc']]).toEqual(['status', 'sandbox', ['db']]);
  });

  it('keeps names that look like numbers', () => {
    const { flags } = parseCommandLine(['status', '007', '-n', '1e3'], commands);
    expect([flags['pvc'], flags['namespace']]).toEqual([['007'], '1e3']);
  });
});
