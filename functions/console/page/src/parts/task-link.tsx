import { AnchorLink } from './links.tsx';

/** Leads to a task. */
export function TaskLink({ id, name = id }: { id: string; name?: string }) {
  return (
    <AnchorLink to="/tasks/$taskId" params={{ taskId: id }} inherit>
      {name}
    </AnchorLink>
  );
}
