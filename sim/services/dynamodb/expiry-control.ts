// UpdateTimeToLive: switches the expiry of items on or off while the table is there, once an hour at most (DDB-R113).
import type { Call } from '../../engine/calls.ts'
import { Expiry } from './expiry.ts'
import { bodyOf, flag, recordOf } from './single.ts'
import { UPDATE_TABLE, type Table } from './state.ts'
import { Invalid, type Item } from './values.ts'

export function updateTimeToLive(table: Table, call: Call): void {
  table.begin(call, UPDATE_TABLE)
  try {
    const specification = recordOf((bodyOf(table, call) as Item)['TimeToLiveSpecification'], 'TimeToLiveSpecification')
    run(table, flag(specification['Enabled']), specification['AttributeName'])
    table.answer(call, UPDATE_TABLE, { TimeToLiveSpecification: specification }, 0)
  } catch (mistake) {
    table.invalid(call, mistake)
  }
}

function run(table: Table, isOn: boolean, attribute: unknown): void {
  const { now, sim, wantedExpiry, figures } = table
  if (typeof attribute !== 'string' || attribute === '')
    throw new Invalid('AttributeName is not the name of an attribute')
  const present = wantedExpiry === undefined ? (table.expiry?.attribute ?? null) : wantedExpiry
  if (now - table.expiryChangedAt < figures.expiryInterval)
    throw new Invalid('Time to live has been modified multiple times within a fixed interval')
  if (isOn === (present !== null)) throw new Invalid(`TimeToLive is already ${isOn ? 'enabled' : 'disabled'}`)
  if (!isOn && present !== attribute) throw new Invalid(`TimeToLive is active on a different AttributeName: ${present}`)
  table.expiryChangedAt = now
  table.wantedExpiry = isOn ? attribute : null
  sim.after(table.settings.expiryDelay.draw(table.settings.rng), table.expired, SWITCH)
}

/** What the timer of the expiry stands for: items whose time is over, or the end of a switch. */
const SWITCH = 1

/** Items are to be deleted, or the expiry is switched on or off. */
export function expired(table: Table, what: number): void {
  if (what !== SWITCH) return table.deleteExpired()
  const { items, wantedExpiry, expiry } = table
  table.wantedExpiry = undefined
  expiry?.stop()
  table.expiry = null
  if (wantedExpiry === null || wantedExpiry === undefined) return
  const made = new Expiry(wantedExpiry, table.sim, table.expired)
  table.expiry = made
  for (let row = 0; row < items.rowCount; row++) if (items.items[row] !== null) made.written(row, items.items[row])
}
