/** The three webhooks, which the server has a path for each. */
export type WebhookName = 'guard' | 'advice' | 'restore';
