import type { Finding } from '../../../../core/contract/calls.ts';
import { Badge } from '../../../components/text.tsx';

/** How many things are wrong; nothing where nothing is. */
export function DoctorBadge({ findings }: { readonly findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  const isGrave = findings.some(({ severity }) => severity === 'danger');
  return <Badge tone={isGrave ? 'danger' : 'warning'}>{findings.length}</Badge>;
}
