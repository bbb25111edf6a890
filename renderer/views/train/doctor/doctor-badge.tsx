import type { RunSummary } from '../../../../core/contract/calls.ts';
import { Badge } from '../../../components/text.tsx';
import { useFindings } from './use-findings.ts';

/** How many things are wrong; nothing where nothing is. */
export function DoctorBadge({ run }: { readonly run: RunSummary }) {
  const findings = useFindings(run) ?? [];
  if (findings.length === 0) return null;
  const isGrave = findings.some(({ severity }) => severity === 'danger');
  return <Badge tone={isGrave ? 'danger' : 'warning'}>{findings.length}</Badge>;
}
