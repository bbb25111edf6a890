import { ProgressBar } from '../../../components/progress.tsx';
import { isUnderWay, useWorkById } from '../../../stores/work.ts';

/** How far the work is that the import is. */
export function ImportProgress({ id, label }: { readonly id: string | null; readonly label: string }) {
  const work = useWorkById(id);
  const share = work && isUnderWay(work) && work.total > 0 ? work.done / work.total : null;
  return <ProgressBar label={label} value={share} />;
}
