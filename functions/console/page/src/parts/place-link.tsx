import { Anchor } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';

export interface Place {
  /** `/runs` */
  to: string;
  /** What its address holds besides. */
  search?: Readonly<Record<string, string>>;
}

/** For an anchor to a place that is only known at run time: the address, and a click that stays within the page. */
export function usePlaceAnchor({ to, search = {} }: Place) {
  const { basepath, history, options } = useRouter();
  const href = `${basepath}${to}${options.stringifySearch?.(search) ?? ''}`;
  return {
    href,
    onClick(event: MouseEvent) {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      history.push(href);
    },
  };
}

/** Leads to a place of the console. */
export function PlaceLink({ children, ...place }: Place & { children: ReactNode }) {
  return (
    <Anchor {...usePlaceAnchor(place)} inherit>
      {children}
    </Anchor>
  );
}
