import { useLocalStorage } from '@mantine/hooks';
import { createContext, type ReactNode, useContext } from 'react';

/** In which zone instants are shown: the task's own, that of whoever looks, or UTC. */
export const TIME_DISPLAYS = ['task', 'local', 'utc'] as const;
export type TimeDisplay = (typeof TIME_DISPLAYS)[number];

export interface Preferences {
  timeDisplay: TimeDisplay;
  setTimeDisplay(display: TimeDisplay): void;
}

const PreferencesContext = createContext<Preferences | undefined>(undefined);

export function usePreferences(): Preferences {
  const preferences = useContext(PreferencesContext);
  if (!preferences) throw new Error('outside of PreferencesProvider');
  return preferences;
}

export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [timeDisplay, setTimeDisplay] = useLocalStorage<TimeDisplay>({
    key: 'escapement.time',
    defaultValue: 'local',
  });
  return <PreferencesContext value={{ timeDisplay, setTimeDisplay }}>{children}</PreferencesContext>;
}
