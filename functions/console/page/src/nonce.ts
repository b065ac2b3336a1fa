/** What styles made by scripts carry, so that the policy lets them; see functions/console/console.ts. */
export const nonce = (): string =>
  document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
