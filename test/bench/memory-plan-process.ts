/** Plans a job, or runs it to its end, and prints what was planned and the most memory that this process had. */
import type { Provider } from '../../core/engine/engine.ts';
import { openEngine } from '../../core/engine/open.ts';
import { planJob } from '../../core/workbench/job-memory.ts';
import { runJob } from '../../core/workbench/jobs.ts';
import { prepare } from '../../core/workbench/prepare.ts';
import { parseRequest } from '../../core/workbench/request.ts';
import type { Measured } from './memory-plan.ts';

const [what, request, file, device] = process.argv.slice(2) as [string, string, string, Provider];
const job = parseRequest(JSON.parse(request));
const { engine } = await openEngine({ device });
let planned: Pick<Measured, 'planned' | 'parts'> = {};
if (what === 'plan') {
  const means = { memoryGigabytes: 0, calibration: { file, measure: true } };
  const { plan } = await planJob(job, prepare(job), engine.device, means);
  const [{ total, parts }] = plan.memories as [(typeof plan.memories)[number]];
  planned = { planned: total, parts: Object.fromEntries(parts.map(({ part, bytes }) => [part, bytes])) };
} else await runJob(job, { engine });
const peak = process.resourceUsage().maxRSS * 1024;
process.stdout.write(JSON.stringify({ ...planned, peak } satisfies Measured));
await engine.dispose();
