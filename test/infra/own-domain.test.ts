import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { deployment } from './deployment.ts';

const domain = {
  domainName: 'jobs.example.com',
  certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/5a5cd40a-8a6b-4a3c-9f7e-6d2f8f5c1b2e',
};

describe('a domain of the operator', () => {
  const { template } = deployment({ api: { domain } });

  it('leads to the API, with his certificate and nothing older than TLS 1.2', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
      DomainName: domain.domainName,
      DomainNameConfigurations: [
        { CertificateArn: domain.certificateArn, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' },
      ],
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::ApiMapping', {
      Stage: '$default',
      ApiMappingKey: Match.absent(),
    });
  });

  it('is the address that the deployment names, with what an alias record needs', () => {
    template.hasOutput('ApiUrl', {
      Value: Match.objectLike({ 'Fn::Join': ['', ['https://', { Ref: Match.anyValue() }, '/']] }),
    });
    for (const output of ['ApiDomainTarget', 'ApiDomainZoneId']) template.hasOutput(output, {});
  });

  it('may be the only address', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: false });
    const only = deployment({ api: { domain: { ...domain, defaultEndpoint: false } } });
    only.template.hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: true });
  });

  it('is not there unless configured', () => {
    const { template: plain } = deployment();
    plain.resourceCountIs('AWS::ApiGatewayV2::DomainName', 0);
    expect(Object.keys(plain.findOutputs('*'))).not.toContain('ApiDomainTarget');
  });
});
