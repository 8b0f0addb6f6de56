/** What must never come out: of a person, and of the house. */
export const PERSON = {
  email: 'canary.person@mail.example',
  phone: '+34600111222',
  first: 'Canaryfirst',
  last: 'Canarylast',
  born: '1961-02-03',
  document: 'CANARYDOC77',
  note: 'canary-note',
  street: 'Canarystreet 7',
  second: 'Canarysecond',
} as const

export const HOUSE = {
  key: 'canary-api-key-0123456789',
  hook: 'canary-webhook-secret',
  secret: 'canary-verify-secret-of-32-characters',
  operator: 'canary-operator-token-of-32-characters',
} as const
