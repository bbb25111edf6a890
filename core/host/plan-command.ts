/** `plan`: the memory of a run that is not begun. */
import { join } from 'node:path';
import { memoryParts } from '../contract/memory.ts';
import { bytesWords } from '../data/words.ts';
import { chooseDevice } from '../engine/open.ts';
import type { MemoryPlan } from '../planner/plan.ts';
import { CALIBRATIONS, planJob, type MemoryMeans } from '../workbench/job-memory.ts';
import { prepare } from '../workbench/prepare.ts';
import { parseRequest, type JobRequest } from '../workbench/request.ts';
import { appFolders } from './app-folders.ts';
import type { DeviceFlags } from './device-flags.ts';
import { showTable } from './table.ts';

/** At the terminal the whole machine is the run's; what was measured once is kept for the window too. */
export const memoryMeans = (): MemoryMeans => ({
  memoryGigabytes: 0,
  calibration: { file: join(appFolders().state, CALIBRATIONS), measure: true },
});

export async function planRun(request: JobRequest, { device: wanted }: DeviceFlags): Promise<void> {
  const job = parseRequest(request);
  const { device } = await chooseDevice(wanted);
  const { plan, refusal } = await planJob(job, prepare(job), device, memoryMeans());
  process.stdout.write(`${showPlan(plan)}\n`);
  process.stdout.write(`${refusal ?? 'it fits'}\n`);
  if (refusal !== undefined) process.exitCode = 1;
}

/** A table for every memory that the run takes of. */
const showPlan = ({ device, memories }: MemoryPlan): string =>
  memories
    .map(({ place, parts, total, available, limited }) => {
      const rows = parts.map(({ part, bytes }) => [memoryParts[part], bytesWords(bytes)] as const);
      const title = place === 'host' ? 'memory' : device.name;
      return showTable([
        [title, ''],
        ...rows,
        ['total', bytesWords(total)],
        ...(available === null ? [] : [[limited ? 'allowed' : 'free', bytesWords(available)]]),
      ]);
    })
    .join('\n\n');
