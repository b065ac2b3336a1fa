import { AnchorLink } from './links.tsx';

/** Leads to a run. */
export function RunLink({ id }: { id: string }) {
  return (
    <AnchorLink
      to="/runs/$executionId"
      params={{ executionId: id }}
      inherit
      ff="monospace"
      style={{ overflowWrap: 'anywhere' }}
    >
      {id}
    </AnchorLink>
  );
}
