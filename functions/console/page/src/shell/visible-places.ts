import { useMay } from '../session/session-context.tsx';
import { PLACES } from './navigation.ts';

/** The places that this person may see. */
export function useVisiblePlaces() {
  const may = { viewer: useMay('viewer'), operator: useMay('operator'), admin: useMay('admin') };
  return PLACES.filter(({ role }) => may[role]);
}
