import { STATUS_COLOR } from '../../parts/status-badge.tsx';

/** How runs end, from the bottom of a bar to its top. */
export const OUTCOMES = (['success', 'skipped', 'cancelled', 'dead'] as const).map((name) => ({
  name,
  color: STATUS_COLOR[name],
}));
