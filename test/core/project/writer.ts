/**
 * Trains nothing, but writes a run's folder as training does, as fast as it can, until it is killed:
 * `node writer.ts <folder>`. Every number it writes follows from the step, so that a reader can check it all.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '../../../core/data/safetensors.ts';
import { RunFolder } from '../../../core/project/run-folder.ts';

const run = RunFolder.open(process.argv[2]!);
run.lock();
const resumed = run.latestCheckpoint()?.step ?? 0;
run.rewindTo(resumed);

const tensors = (step: number) =>
  new Map([['w', { shape: [4096], data: new Float32Array(4096).fill(step) }]]);

for (let step = resumed + 1; ; step++) {
  run.appendMetrics(step, { loss: step * 2 });
  run.appendSamples(step, [{ text: 'x'.repeat(2000) }, { text: 'y' }]);
  run.writeRollouts(step, tensors(step));
  if (step % 3 === 0) await run.saveCheckpoint(step, save(step), { keep: 2 });
}

function save(step: number): (folder: string) => void {
  return (folder) => {
    writeFileSync(join(folder, 'state.json'), JSON.stringify({ step }));
    writeSafetensors(join(folder, 'model.safetensors'), tensors(step));
  };
}
