/** The wire shape of network.operator.openshift.io/v1 EgressRouter, as far as it is emitted. */
export interface EgressRouterSpec {
  readonly mode: 'Redirect';
  readonly networkInterface: { readonly macvlan: { readonly mode: 'Bridge' } };
  /** The first alone counts. Without a gateway the operator fails. */
  readonly addresses: readonly { readonly ip: string; readonly gateway: string }[];
  readonly redirect: { readonly redirectRules: readonly { readonly destinationIP: string; readonly port: number; readonly protocol: 'TCP' }[] };
}
