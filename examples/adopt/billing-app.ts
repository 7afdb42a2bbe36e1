/** An application as its team wrote it with cdk8s-plus-28, before anybody thought of its network. `main.ts` secures it as it stands. */
import { Chart, Cron } from 'cdk8s';
import { CronJob, Deployment, EnvValue, Ingress, IngressBackend, Service } from 'cdk8s-plus-28';
import { Construct } from 'constructs';

export class BillingApp extends Chart {
  public readonly web: Deployment;
  public readonly service: Service;
  public readonly invoices: CronJob;

  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'billing' });

    this.web = new Deployment(this, 'web', {
      metadata: { name: 'web' },
      containers: [{
        image: 'registry.example/billing/web:3.1.0',
        portNumber: 8080,
        envVariables: { CACHE: EnvValue.fromValue('sessions-valkey.cache.svc:6379') },
      }],
    });
    this.service = this.web.exposeViaService({ name: 'web', ports: [{ port: 80, targetPort: 8080 }] });
    new Ingress(this, 'ingress', {
      metadata: { name: 'web' },
      rules: [{ host: 'billing.example', backend: IngressBackend.fromService(this.service) }],
    });

    this.invoices = new CronJob(this, 'invoices', {
      metadata: { name: 'invoices' },
      schedule: Cron.daily(),
      containers: [{ image: 'registry.example/billing/invoices:3.1.0' }],
    });
  }
}
