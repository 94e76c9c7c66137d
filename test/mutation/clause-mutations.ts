// One clause of a conditional write at a time, taken out or weakened. What Stryker cannot do: to it a condition of
// DynamoDB's is a text, and any other text is a syntax error, which every test would find.

/** A change of one file: the text that it finds must be there exactly once. */
export interface ClauseMutation {
  /** The promise that the clause keeps. */
  readonly mechanism: string;
  /** What was done to it. */
  readonly mutation: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The tests that have to notice. */
  readonly tests: readonly string[];
}

type Change = readonly [mutation: string, find: string, replace: string];

// DynamoDB refuses values that an expression does not use, so a clause that is out goes on using its value.
const always = (value: string): string =>
  `(attribute_exists(avatarId) OR attribute_not_exists(avatarId) OR avatarId = ${value})`;
const never = (value: string): string => `(leaseUntilMs <= ${value} AND leaseUntilMs > ${value})`;

const ACQUIRE = 'all(EXISTS, NO_ERASURE, NO_LEASE_BUT_MINE, NOT_CHECKED_SINCE)';
const CLAIM = 'all(EXISTS, NO_CLAIM_BUT_MINE, NO_LEASE)';
const EXTEND = "all(EXISTS, '(attribute_not_exists(claimedUntilMs) OR claimedUntilMs < :until)')";
const REGISTER = '...(!afterErasure && { condition: NOT_ERASED }),';

/** The three ways in which a write may take another worker's lease for its own; `before` is the line before. */
function ofTheHolder(before: string): Change[] {
  const mine = `${before}\n        condition: STILL_MINE,`;
  const only = (clauses: string) => `${before}\n        condition: '${clauses}',`;
  return [
    ['whoever the owner is', mine, only(`leaseGeneration = :generation AND ${always(':owner')}`)],
    ['whatever the generation', mine, only(`leaseOwner = :owner AND ${always(':generation')}`)],
    ['out', mine, only(`${always(':owner')} AND ${always(':generation')}`)],
  ];
}

function inFile(
  file: string,
  tests: readonly string[],
  mechanisms: Readonly<Record<string, readonly Change[]>>,
): ClauseMutation[] {
  return Object.entries(mechanisms).flatMap(([mechanism, changes]) =>
    changes.map(([mutation, find, replace]) => ({
      mechanism,
      mutation,
      file,
      find,
      replace,
      tests,
    })),
  );
}

const ofPartners = inFile(
  'adapters/partner-table.ts',
  [
    'test/adapters/partner-table.test.ts',
    'test/adapters/lease-model.test.ts',
    'test/faults/lease.test.ts',
  ],
  {
    'a lease is given to one': [
      ['out', ACQUIRE, `all(EXISTS, NO_ERASURE, '${always(':now')}', NOT_CHECKED_SINCE)`],
    ],
    'a lease ends by itself': [
      [
        'never',
        'leaseUntilMs <= :now OR leaseOwner = :owner',
        `${never(':now')} OR leaseOwner = :owner`,
      ],
      [
        'a moment too late',
        'leaseUntilMs <= :now OR leaseOwner = :owner',
        'leaseUntilMs < :now OR leaseOwner = :owner',
      ],
    ],
    'an owner meets its own lease': [['out', ' OR leaseOwner = :owner)', ')']],
    'a lease has a generation': [['the same each time', "':one': number(1)", "':one': number(0)"]],
    'nobody looks again': [
      ['out', ACQUIRE, `all(EXISTS, NO_ERASURE, NO_LEASE_BUT_MINE, '${always(':checkedBefore')}')`],
      [
        'one look too many',
        'OR checkedAtMs < :checkedBefore)',
        'OR checkedAtMs <= :checkedBefore)',
      ],
      ['no first look', '(attribute_not_exists(checkedAtMs) OR checkedAtMs', '(checkedAtMs'],
    ],
    'a lease is for a partner': [
      ['out', ACQUIRE, 'all(NO_ERASURE, NO_LEASE_BUT_MINE, NOT_CHECKED_SINCE)'],
    ],
    'no lease while an erasure runs': [
      ['out', ACQUIRE, 'all(EXISTS, NO_LEASE_BUT_MINE, NOT_CHECKED_SINCE)'],
    ],
    'only the holder replaces': ofTheHolder('        remove: photo ? [] : [PHOTO],'),
    'only the holder commits': ofTheHolder(
      "        remove: [LEASE, CLAIM, 'replacedPhotoId', ...(photo ? [] : [PHOTO])],",
    ),
    'only the holder releases': ofTheHolder('        remove: [LEASE],'),
    'a commit knows itself': [
      ['out', 'done || isThisCommit(item, lease, photo, checkedAtMs)', 'done'],
      ['under a lease, too', 'item.leaseOwner === undefined &&', ''],
      [
        'whatever the generation',
        "optionalNumber(item, 'leaseGeneration') === generation &&",
        'generation > 0 &&',
      ],
      ['whatever the moment', "optionalNumber(item, 'checkedAtMs') === checkedAtMs &&", ''],
      ['whatever the photo', ' &&\n    item.photoId?.S === photo?.photoId', ' && photo !== null'],
    ],
    'a claim is given to one': [
      ['out', CLAIM, 'all(EXISTS, NO_LEASE)'],
      [
        'never again',
        'claimedUntilMs <= :now OR claimedBy = :me',
        '(avatarId = :now OR claimedBy = :me)',
      ],
      ['a moment too late', 'claimedUntilMs <= :now', 'claimedUntilMs < :now'],
    ],
    'a claim meets itself': [
      [
        'out',
        'claimedUntilMs <= :now OR claimedBy = :me',
        '(claimedUntilMs <= :now OR claimedBy = :now)',
      ],
    ],
    'no claim while a fetch runs': [
      ['out', CLAIM, 'all(EXISTS, NO_CLAIM_BUT_MINE)'],
      ['a moment too late', 'leaseUntilMs <= :now)', 'leaseUntilMs < :now)'],
    ],
    'a claim is for a partner': [
      ['out', CLAIM, 'all(NO_CLAIM_BUT_MINE, NO_LEASE)'],
      ['out, of longer ones', EXTEND, EXTEND.replace('EXISTS, ', '')],
    ],
    'a claim becomes no shorter': [
      ['out', EXTEND, `all(EXISTS, '${always(':until')}')`],
      ['none where there was none', EXTEND, "all(EXISTS, 'claimedUntilMs < :until')"],
    ],
    'a claim is given back by its holder': [
      ['out', "condition: 'claimedUntilMs = :until'", `condition: '${always(':until')}'`],
    ],
    'a list brings nobody back': [
      ['out', REGISTER, `...(!afterErasure && { condition: \`${always(':nowSeconds')}\` }),`],
      ['not even the expired', `\${table.expiry} <= :nowSeconds`, never(':nowSeconds')],
      ['a moment too late', `\${table.expiry} <= :nowSeconds`, `\${table.expiry} < :nowSeconds`],
      ['nor strangers', ' OR attribute_not_exists(erasedAtMs) OR', ' OR'],
      [
        'nor who came back',
        '(attribute_exists(userId) OR attribute_not_exists',
        '(attribute_not_exists',
      ],
      ['nor themselves', '{ afterErasure }) {', '{ afterErasure }) {\n      afterErasure = false;'],
    ],
    'a registration keeps what it must': [
      ['not the day', 'if_not_exists(joinedAtMs, :now)', ':now'],
      ['not the claim', 'if_not_exists(claimedUntilMs, :claimUntil)', ':claimUntil'],
      ['nobody stays for good', 'remove: [...remove, table.expiry]', 'remove'],
    ],
  },
);

const ofTurns = inFile('core/take-turn.ts', ['test/core/take-turn.test.ts'], {
  'nobody looks again, and takes no turn': [
    [
      'out',
      "return checkedAtMs >= checkedBeforeMs ? { kind: 'fresh' } : undefined;",
      'return undefined;',
    ],
    ['one look too many', 'checkedAtMs >= checkedBeforeMs', 'checkedAtMs > checkedBeforeMs'],
    ['no first look', 'checkedAtMs = 0', 'checkedAtMs = Infinity'],
  ],
  'no turn while an erasure runs': [
    ['out', 'if (erasingSinceMs !== undefined) {', 'if (erasingSinceMs === -1) {'],
  ],
});

const ofErasures = inFile('adapters/erasure-table.ts', ['test/adapters/erasure-table.test.ts'], {
  'a tombstone is for one partner': [
    ['out', 'AND joinedAtMs = :joinedAt', `AND ${always(':joinedAt')}`],
    ['whoever joined before', 'joinedAtMs = :joinedAt', 'joinedAtMs <= :joinedAt'],
    ['whoever joined later', 'joinedAtMs = :joinedAt', 'joinedAtMs >= :joinedAt'],
  ],
  'one erasure at a time': [['out', `\${THIS_PARTNER} AND \${NO_ERASURE}`, `\${THIS_PARTNER}`]],
  'a tombstone is put back by its erasure': [
    [
      'out',
      `\${THIS_PARTNER} AND \${THIS_ERASURE}`,
      `\${THIS_PARTNER} AND ${always(':erasureId')}`,
    ],
  ],
  'an erasure ends itself alone': [
    ['out', 'condition: THIS_ERASURE', `condition: '${always(':erasureId')}'`],
  ],
  'a receipt counts no less': [['out', 'AND objects < :objects', `AND ${always(':objects')}`]],
  'a receipt that is forgotten stays so': [
    [
      'not when it counts',
      `\${EXISTS} AND objects <`,
      'attribute_not_exists(objects) OR objects <',
    ],
    ['not at the end', 'condition: EXISTS,\n', ''],
  ],
  'a receipt is completed once': [['out', 'if_not_exists(completedAtMs, :now)', ':now']],
});

const ofTheBudget = inFile(
  'adapters/telegram-budget.ts',
  ['test/adapters/telegram-budget.test.ts', 'test/faults/fleet-pause.test.ts'],
  {
    'no turn in a pause': [
      ['out', 'NO_PAUSE_HELD : NO_PAUSE', `NO_PAUSE_HELD : '${always(':now')}'`],
      ['a moment too late', 'pausedUntilMs <= :now)', 'pausedUntilMs < :now)'],
      [
        'none ever after',
        'pausedUntilMs <= :now)',
        '(pausedUntilMs <= :now AND pausedUntilMs > :now))',
      ],
    ],
    'warming waits longer': [
      ['out', '? NO_PAUSE_HELD : NO_PAUSE', `? '${always(':heldNow')}' : NO_PAUSE`],
      [
        'no longer than the rest',
        'pausedUntilMs <= :heldNow)',
        `pausedUntilMs <= :now) AND ${always(':heldNow')}`,
      ],
      ['a moment too late', 'pausedUntilMs <= :heldNow)', 'pausedUntilMs < :heldNow)'],
    ],
    'a row is opened where there is none': [
      ['over one that is there', `AND \${ROW_IS_EMPTY}`, `AND ${always(':now')}`],
      ['only once', 'OR slotMs <= :now)', 'OR (slotMs <= :now AND slotMs > :now))'],
      ['a moment too late', 'OR slotMs <= :now)', 'OR slotMs < :now)'],
    ],
    'a row is joined while it is short': [
      ['however long', 'slotMs <= :rowEnd', always(':rowEnd')],
      ['a place too short', 'slotMs <= :rowEnd', 'slotMs < :rowEnd'],
    ],
    'a pause halves the rate once': [
      ['each time', 'condition: NO_PAUSE,', `condition: '${always(':now')}',`],
    ],
    'a pause becomes no shorter': [
      ['out', "'pausedUntilMs < :until'", "'attribute_exists(pausedUntilMs)'"],
    ],
    'the rate grows once': [['each time', "'raisedAtMs = :seen'", `'${always(':seen')}'`]],
  },
);

/** All of them. */
export const clauseMutations: readonly ClauseMutation[] = [
  ...ofPartners,
  ...ofTurns,
  ...ofErasures,
  ...ofTheBudget,
];
