/** `npm run setup:tensorflow` fetches TensorFlow's native library for NVIDIA GPUs, which npm leaves out. */
import { Command } from 'commander';
import { runCommand } from '../terminal.ts';
import { installTensorFlow } from './install-tensorflow.ts';

await new Command('setup:tensorflow')
  .description("Fetch TensorFlow's native library for NVIDIA GPUs into its npm package.")
  .option('--again', 'fetch it even where it is already there', false)
  .action(({ again }: { again: boolean }) =>
    runCommand(() => installTensorFlow({ again, say: (line) => process.stdout.write(`${line}\n`) })),
  )
  .parseAsync();
