export interface OidcProps {
  /**
   * As its tokens name it (`iss`), such as https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abcdefghi
   * @default - required
   */
  issuer: string;
  /**
   * A token must be meant for one of these (`aud`).
   * @default - required
   */
  audiences: readonly string[];
  /**
   * Client (public, authorization code with PKCE) by which people log in to the console; its redirect address is `<url>/console`.
   * @default - the console asks for an API token
   */
  consoleClientId?: string;
  /**
   * Where its public keys are.
   * @default - where the issuer's /.well-known/openid-configuration says
   */
  jwksUri?: string;
  /**
   * Claim that names the tenant, by name or by path: `org.id`.
   * @default 'tenant'
   */
  tenantClaim?: string;
  /**
   * Tenant of tokens without that claim.
   * @default - none, they let nobody in
   */
  tenant?: string;
  /**
   * Claim with the role, or with a list of them, of which the highest counts; by name or by path: `realm_access.roles`.
   * @default 'role'
   */
  roleClaim?: string;
  /**
   * What that claim may say, and which role it stands for. Anything else lets nobody in.
   * @default - viewer, operator, admin, each for itself
   */
  roles?: Readonly<Record<string, 'viewer' | 'operator' | 'admin'>>;
}
