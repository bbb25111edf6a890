/** `npm run setup:cuda` fetches ONNX Runtime's CUDA library, which npm leaves out. */
import { Command } from 'commander';
import { runCommand } from '../terminal.ts';
import { installCuda } from './install-cuda.ts';

await new Command('setup:cuda')
  .description("Fetch ONNX Runtime's CUDA library for NVIDIA GPUs into its npm package.")
  .option('--again', 'fetch it even where it is already there', false)
  .action(({ again }: { again: boolean }) =>
    runCommand(() => installCuda({ again, say: (line) => process.stdout.write(`${line}\n`) })),
  )
  .parseAsync();
