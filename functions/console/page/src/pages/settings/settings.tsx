import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { Page } from '../../parts/page.tsx';
import { useMay, useMayAll } from '../../session/session-context.tsx';
import { About } from './about.tsx';
import { Calendars } from './calendars.tsx';
import { Handlers } from './handlers.tsx';
import { SECTIONS, type Section } from './settings-search.ts';
import { Tenants } from './tenants.tsx';
import { Tokens } from './tokens.tsx';
import { Variables } from './variables.tsx';

const SECTION: Readonly<Record<Section, { label: string; show: ComponentType }>> = {
  about: { label: 'About', show: About },
  handlers: { label: 'Handlers', show: Handlers },
  calendars: { label: 'Calendars', show: Calendars },
  variables: { label: 'Variables', show: Variables },
  tokens: { label: 'Tokens', show: Tokens },
  tenants: { label: 'Tenants', show: Tenants },
};

export function Settings() {
  const { section = 'about' } = useSearch({ from: '/inside/settings' });
  const navigate = useNavigate();
  const isAdmin = useMay('admin');
  const mayAll = useMayAll();
  const sections = SECTIONS.filter((each) =>
    each === 'tokens' ? isAdmin : each === 'tenants' ? mayAll : true,
  );
  return (
    <Page title="Settings">
      <Tabs
        value={sections.includes(section) ? section : 'about'}
        onChange={(value) => {
          const chosen = SECTIONS.find((each) => each === value);
          void navigate({ to: '/settings', search: { section: chosen }, replace: true });
        }}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {sections.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {SECTION[each].label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {sections.map((each) => {
          const { show: Show } = SECTION[each];
          return (
            <Tabs.Panel key={each} value={each}>
              <Show />
            </Tabs.Panel>
          );
        })}
      </Tabs>
    </Page>
  );
}
