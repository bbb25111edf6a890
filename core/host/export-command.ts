/** `export`: a model as others read it. */
import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { Cancelled } from '../contract/errors.ts';
import { exportDtypes } from '../model/export.ts';
import { writeExport, type ExportRequest } from '../workbench/export-model.ts';
import { interruptible, runCommand } from './terminal.ts';

type ExportFlags = Pick<ExportRequest, 'model' | 'out' | 'as' | 'dtype'> & { readonly maxShardSize: number };

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('write a model as a folder that transformers and PEFT read')
    .requiredOption('--model <folder>', 'the model')
    .requiredOption('--out <folder>', 'the folder to write; must not exist or be empty')
    .addOption(
      new Option('--as <what>', 'the whole model, an adapter added to its weights; or the adapter alone')
        .choices(['merged', 'adapter'])
        .default('merged'),
    )
    .addOption(
      new Option('--dtype <type>', 'how weights are stored')
        .choices(Object.keys(exportDtypes))
        .default('float32'),
    )
    .option(
      '--max-shard-size <size>',
      'most of one file of weights, such as 500MB',
      byteSize,
      byteSize('5GB'),
    )
    .action((flags: ExportFlags) => runCommand(() => exportAs(flags)));
}

async function exportAs({ maxShardSize, out, ...flags }: ExportFlags): Promise<void> {
  const request = { ...flags, out: resolve(out), maxShardBytes: maxShardSize };
  const stopping = () => process.stderr.write('stopping: nothing will be left of it\n');
  const message = await interruptible(stopping, (signal) =>
    writeExport(request, () => {
      if (signal.aborted) throw new Cancelled();
    }),
  );
  process.stdout.write(`${message}\n`);
}

const factors: Readonly<Record<string, number>> = { KB: 1e3, MB: 1e6, GB: 1e9 };

/** Bytes of a size as transformers writes one: `500MB`, `5GB`. */
function byteSize(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([KMG]B)$/.exec(text.toUpperCase()) ?? [];
  const bytes = Math.floor(Number(number) * factors[unit ?? '']!);
  if (!(bytes >= 1e6)) throw new InvalidArgumentError('Give a size from 1MB, such as 500MB or 5GB.');
  return bytes;
}
