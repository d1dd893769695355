// Uploads one file with tus-js-client as shipped: node upload.mjs URL TOKEN FILE CHUNK [STOP_AFTER].
// With STOP_AFTER it aborts once so many bytes were sent, and resumes with a client of its own.
import { createReadStream, statSync } from 'node:fs'
import * as tus from 'tus-js-client'

const [url, token, file, chunk, stopAfter] = process.argv.slice(2)

function run(stop) {
  return new Promise((resolve, reject) => {
    const upload = new tus.Upload(createReadStream(file), {
      uploadUrl: url,
      uploadSize: statSync(file).size,
      chunkSize: Number(chunk),
      retryDelays: [0, 200, 500],
      headers: { Authorization: `Bearer ${token}` },
      onError: reject,
      onSuccess: () => resolve('whole'),
      onChunkComplete: (_size, accepted) => {
        if (stop && accepted >= stop) upload.abort().then(() => resolve(`aborted at ${accepted}`), reject)
      },
    })
    upload.start()
  })
}

try {
  if (stopAfter) console.log(await run(Number(stopAfter)))
  console.log(await run(0))
} catch (error) {
  console.error(String(error))
  process.exitCode = 1
}
