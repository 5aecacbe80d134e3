import { NOW } from '../redis/scripts.ts';
import { SESSION_STATUSES } from './session.ts';
import { TRANSITIONS } from './transitions.ts';

/** The state machine as a Lua table, so that there is one. */
function transitionsInLua(): string {
  const rows = SESSION_STATUSES.map((status) => {
    const actions = Object.entries(TRANSITIONS[status]).map(([action, { to, event, ends }]) => {
      const members = [
        `to='${to}'`,
        ...(event ? [`event='${event}'`] : []),
        ...(ends ? [`ends='${ends}'`] : []),
      ];
      return `${action}={${members.join(',')}}`;
    });
    return `${status}={${actions.join(',')}}`;
  });
  return `{${rows.join(',')}}`;
}

/**
 * Shared by the scripts that touch sessions. All keys of an account share one hash tag, so a script stays in one slot also for
 * those it finds on the way. `KEYS`: leases, outbox. `ARGV[1..5]`: key prefix, lease, longest life, retention (milliseconds),
 * most events that may wait. Time is Redis's own.
 */
const PRELUDE = `
local leases, outbox, base = KEYS[1], KEYS[2], ARGV[1]
local lease_ms, life_ms, retention_ms, max_waiting =
  tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local transitions = ${transitionsInLua()}
${NOW}-- 1 when events were added, -1 when a heartbeat was dropped.
local added = 0

local function integer(n) return string.format('%.0f', n) end
local function is_live(s) return s.status == 'active' or s.status == 'paused' end
local function load_session(id)
  local f = redis.call('HMGET', base .. 'session:' .. id,
    'user', 'profile', 'catalog', 'device', 'status', 'started', 'heartbeat', 'position', 'sequence', 'lease', 'sign_in', 'ends')
  if not f[1] then return nil end
  return { id = id, user = f[1], profile = f[2], catalog = f[3], device = f[4], status = f[5],
    started = tonumber(f[6]), heartbeat = tonumber(f[7]), position = f[8],
    sequence = tonumber(f[9]), lease = tonumber(f[10]), sign_in = f[11] or '', ends = tonumber(f[12] or '') }
end
local function emit(s, event, reason)
  if event == 'playback.heartbeat' and redis.call('LLEN', outbox) >= max_waiting then
    added = -1
    return
  end
  s.sequence = s.sequence + 1
  redis.call('RPUSH', outbox, cjson.encode({ s.id, integer(s.sequence), event, s.user, s.profile, s.catalog,
    s.device, s.position, reason or '', integer(now) }))
  added = 1
end
local function apply(s, transition)
  s.status = transition.to
  if transition.event then emit(s, transition.event, transition.ends) end
  local key, user_key = base .. 'session:' .. s.id, base .. 'user:' .. s.user
  local ends = is_live(s) and math.min(now + lease_ms, s.started + life_ms, s.ends or math.huge) or 0
  s.lease = ends
  redis.call('HSET', key, 'status', s.status, 'heartbeat', integer(s.heartbeat), 'position', s.position,
    'sequence', integer(s.sequence), 'lease', integer(ends))
  if ends > 0 then
    redis.call('ZADD', leases, ends, s.id)
    redis.call('ZADD', user_key, ends, s.id)
  else
    redis.call('ZREM', leases, s.id)
    redis.call('ZREM', user_key, s.id)
    redis.call('PEXPIRE', key, retention_ms)
  end
end
local function expire_if_lapsed(s)
  if is_live(s) and s.lease <= now then apply(s, transitions[s.status].expire) end
end
local function live_sessions(user)
  local live = {}
  for _, id in ipairs(redis.call('ZRANGE', base .. 'user:' .. user, 0, -1)) do
    local s = load_session(id)
    if s then
      expire_if_lapsed(s)
      if is_live(s) then live[#live + 1] = s end
    end
  end
  return live
end
local function reply(s)
  return { s.id, s.user, s.profile, s.catalog, s.device, s.status, integer(s.started), integer(s.heartbeat), s.position, s.sign_in }
end
local function reply_all(sessions)
  local all = {}
  for i, s in ipairs(sessions) do all[i] = reply(s) end
  return all
end
`;

/**
 * ARGV[6..13]: limit, session id, user, profile, catalog id, device, sign-in, time of its end ('' for none). The client may send it twice after a lost connection, and
 * after {@link CANCEL}: the same session then is the same answer, and a cancelled one does not start.
 */
export const ADMIT = `${PRELUDE}
if redis.call('EXISTS', base .. 'session:' .. ARGV[7]) == 1 then
  local known = load_session(ARGV[7])
  if known and known.user == ARGV[8] and is_live(known) then return { added, 'admitted', reply(known) } end
  return { added, 'cancelled' }
end
local live = live_sessions(ARGV[8])
if #live >= tonumber(ARGV[6]) then return { added, 'full', reply_all(live) } end
local s = { id = ARGV[7], user = ARGV[8], profile = ARGV[9], catalog = ARGV[10], device = ARGV[11],
  status = 'active', started = now, heartbeat = now, position = '0', sequence = 0, lease = 0,
  sign_in = ARGV[12], ends = tonumber(ARGV[13]) }
redis.call('HSET', base .. 'session:' .. s.id, 'user', s.user, 'profile', s.profile, 'catalog', s.catalog,
  'device', s.device, 'started', integer(now), 'sign_in', s.sign_in, 'ends', ARGV[13])
apply(s, { to = 'active', event = 'playback.started' })
return { added, 'admitted', reply(s) }
`;

/** ARGV[6]: session id. Ends the session, or keeps an admission that arrives later from starting it. */
export const CANCEL = `${PRELUDE}
local s = load_session(ARGV[6])
if not s then
  local key = base .. 'session:' .. ARGV[6]
  redis.call('HSET', key, 'cancelled', '1')
  redis.call('PEXPIRE', key, retention_ms)
elseif is_live(s) then
  apply(s, transitions[s.status].terminate)
end
return { added, 'cancelled' }
`;

/** ARGV[6]: session id. */
export const GET = `${PRELUDE}
local s = load_session(ARGV[6])
if not s then return { added, 'not_found' } end
expire_if_lapsed(s)
return { added, 'found', reply(s) }
`;

/** ARGV[6..10]: session id, account that asks ('' for any), action, position ('' for unchanged), profile ('' for any). */
export const ACT = `${PRELUDE}
local s = load_session(ARGV[6])
if not s or (ARGV[7] ~= '' and ARGV[7] ~= s.user) or (ARGV[10] ~= '' and ARGV[10] ~= s.profile) then return { added, 'not_found' } end
expire_if_lapsed(s)
local transition = transitions[s.status][ARGV[8]]
if not transition then return { added, 'not_allowed', s.status } end
if is_live(s) then
  if ARGV[9] ~= '' then s.position = ARGV[9] end
  if ARGV[8] == 'heartbeat' then s.heartbeat = now end
end
apply(s, transition)
return { added, 'done', reply(s) }
`;

/** ARGV[6]: account. */
export const LIVE = `${PRELUDE}
return { added, 'live', reply_all(live_sessions(ARGV[6])) }
`;

/** ARGV[6]: most sessions to end. */
export const SWEEP = `${PRELUDE}
local expired = redis.call('ZRANGEBYSCORE', leases, '-inf', integer(now), 'LIMIT', 0, tonumber(ARGV[6]))
for _, id in ipairs(expired) do
  local s = load_session(id)
  if s then expire_if_lapsed(s) else redis.call('ZREM', leases, id) end
end
return { added, 'swept', #expired }
`;

/** KEYS: outbox, relay lock. ARGV: token, lock's time in milliseconds, most events. -1: another relay has them. */
export const CLAIM = `
if redis.call('LLEN', KEYS[1]) == 0 then return {} end
if not redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return -1 end
return redis.call('LRANGE', KEYS[1], 0, tonumber(ARGV[3]) - 1)
`;

/** KEYS: outbox, relay lock. ARGV: token, how many events are published. */
export const SETTLE = `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('LTRIM', KEYS[1], ARGV[2], -1)
redis.call('DEL', KEYS[2])
return 1
`;
