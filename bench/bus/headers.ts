/** Headers as the bus writes them, for records that are published without it. */
export const bareHeaders = {
  ce_specversion: '1.0',
  ce_id: '018f0000-0000-7000-8000-000000000000',
  ce_type: 'bench',
  ce_source: 'bench',
  ce_time: new Date().toISOString(),
  'content-type': 'application/json',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};
