export { webHashing as hashing } from "../../../src/storage/webCrypto"
