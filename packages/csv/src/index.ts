export { type CsvOptions, csvLines } from './csv-lines.ts'
