import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useVisiblePlaces } from './visible-places.ts';

const TOGETHER_MS = 1_500;
const TYPED_INTO = 'input, textarea, select, [contenteditable], [role="dialog"]';

/** `g` and then the letter of a place leads there. */
export function useGoKeys(): void {
  const navigate = useNavigate();
  const places = useVisiblePlaces();
  useEffect(() => {
    let pressedAt = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest(TYPED_INTO)) return;
      if (event.key === 'g') {
        pressedAt = event.timeStamp;
        return;
      }
      const place = places.find(({ key }) => key === event.key);
      if (place && event.timeStamp - pressedAt < TOGETHER_MS) void navigate({ to: place.to });
      pressedAt = Number.NEGATIVE_INFINITY;
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [navigate, places]);
}
