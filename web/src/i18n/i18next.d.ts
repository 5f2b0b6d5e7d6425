import type common from './ru/common.json'
import type daily from './ru/daily.json'
import type clients from './ru/clients.json'
import type client from './ru/client.json'
import type messages from './ru/messages.json'
import type threads from './ru/threads.json'
import type assignments from './ru/assignments.json'
import type negotiations from './ru/negotiations.json'
import type schedule from './ru/schedule.json'
import type reminders from './ru/reminders.json'
import type trail from './ru/trail.json'
import type employees from './ru/employees.json'
import type access from './ru/access.json'
import type admin from './ru/admin.json'
import type reference from './ru/reference.json'
import type files from './ru/files.json'
import type exports from './ru/exports.json'
import type secondPerson from './ru/second-person.json'

// Keys are typed from the Russian texts: a text that does not exist does not compile. That the English ones have
// the same keys is checked by texts.test.ts, which the build runs.
declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    resources: {
      common: typeof common
      daily: typeof daily
      clients: typeof clients
      client: typeof client
      messages: typeof messages
      threads: typeof threads
      assignments: typeof assignments
      negotiations: typeof negotiations
      schedule: typeof schedule
      reminders: typeof reminders
      trail: typeof trail
      employees: typeof employees
      access: typeof access
      admin: typeof admin
      reference: typeof reference
      files: typeof files
      exports: typeof exports
      'second-person': typeof secondPerson
    }
  }
}
