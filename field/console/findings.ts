// Findings and visits: one key does the row's next step, and photos open large.
import { actOnRows } from "./parts/acting.ts"
import { viewPhotos } from "./parts/viewing.ts"

actOnRows()
viewPhotos()
