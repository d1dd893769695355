/** The phone's database, on its way from the first moment: opening it takes as long as reading the app does. */

import { openAhead } from "./database"

export const DATABASE = "qianshao"
export const ahead = openAhead(DATABASE)
