import { Anchor, type AnchorProps, Button, type ButtonProps, Menu, type MenuItemProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

type Html<P> = P & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof P> & { ref?: Ref<HTMLAnchorElement> };

/** Mantine's parts as links within the console, with the addresses and what they hold checked. */
export const AnchorLink = createLink((props: Html<AnchorProps>) => <Anchor {...props} />);
export const MenuLink = createLink((props: Html<MenuItemProps>) => <Menu.Item component="a" {...props} />);
export const ButtonLink = createLink((props: Html<ButtonProps>) => <Button component="a" {...props} />);
