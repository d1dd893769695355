import { localDay } from "../../core/patrol/periods"
import { t } from "../../messages"

const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const
const SHANGHAI = "Asia/Shanghai"

/** `11月23日 周一`. */
export function dayWords(day: string): string {
  const date = new Date(`${day}T00:00:00Z`)
  const weekday = t(`phone.weekday.${WEEKDAYS[date.getUTCDay()] ?? "sun"}`)
  return t("phone.date.day", { month: date.getUTCMonth() + 1, day: date.getUTCDate(), weekday })
}

/** `07:42`, with its day if that is not `today`. */
export function clockTime(instant: number, today: string): string {
  const time = new Intl.DateTimeFormat("zh-CN", {
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
    timeZone: SHANGHAI,
  })
  const day = localDay(instant)
  return day === today ? time.format(instant) : `${dayWords(day)} ${time.format(instant)}`
}
