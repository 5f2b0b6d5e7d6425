/** An hour of the next working day, by the week: what is due on a Sunday helps nobody. */
export function nextWorkday(hour: number, now = new Date()): Date {
  const day = new Date(now)
  do day.setDate(day.getDate() + 1)
  while (day.getDay() === 0 || day.getDay() === 6)
  day.setHours(hour, 0, 0, 0)
  return day
}
