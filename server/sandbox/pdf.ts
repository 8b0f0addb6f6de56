// The report of a session as a PDF.

import type { PDFDocument, PDFFont } from 'pdf-lib'
import type { Decision } from './decision.ts'
import { decode, SAMPLE_PICTURE } from './media.ts'

const PAGE = { width: 595, height: 842, margin: 56 }
const INK = 11

/** What a section shows of its entries; the rest would be pictures and details of details. */
const LONGEST = 90

/** Renders a decision, in English, as Didit does. */
export async function renderPdf(decision: Decision, now: number): Promise<Uint8Array<ArrayBuffer>> {
  // Large, and wanted by few: loaded when the first report is asked for.
  const { PDFDocument, StandardFonts } = await import('pdf-lib')
  const pdf = await PDFDocument.create()
  const date = new Date(now)
  pdf.setTitle(`Session ${decision.session_id}`)
  pdf.setProducer('Didit sandbox')
  pdf.setCreationDate(date)
  pdf.setModificationDate(date)
  const plain = await pdf.embedFont(StandardFonts.Helvetica)
  const bold = await pdf.embedFont(StandardFonts.HelveticaBold)
  const picture = await pdf.embedPng(decode(SAMPLE_PICTURE))
  const write = writer(pdf)

  write('Verification report', bold, 20)
  write(`Status: ${decision.status}`, bold, 14)
  for (const [name, value] of Object.entries(decision)) {
    if (isShown(value)) write(`${words(name)}: ${value}`, plain)
  }
  for (const [name, value] of Object.entries(decision)) {
    if (!Array.isArray(value) || value.length === 0 || name === 'features') continue
    write('', plain)
    write(words(name), bold, 14)
    for (const entry of value) section(entry, write, plain, bold)
  }
  const [page] = pdf.getPages()
  page?.drawImage(picture, { x: 475, y: 730, width: 64, height: 64 })
  return new Uint8Array(await pdf.save())
}

type Write = ReturnType<typeof writer>

function section(entry: object, write: Write, plain: PDFFont, bold: PDFFont) {
  for (const [name, value] of Object.entries(entry)) {
    if (isShown(value) && !isAddress(value)) write(`${words(name)}: ${value}`, plain)
  }
  const { warnings } = entry as { warnings?: { risk: string; long_description: string }[] }
  for (const { risk, long_description } of warnings ?? []) {
    write(`Warning ${risk}: ${long_description}`, bold)
  }
}

/** Writes lines from top to bottom, on as many pages as they need. */
function writer(pdf: PDFDocument) {
  let page = pdf.addPage([PAGE.width, PAGE.height])
  let y = PAGE.height - PAGE.margin

  return (text: string, font: PDFFont, size = INK) => {
    if (y < PAGE.margin) {
      page = pdf.addPage([PAGE.width, PAGE.height])
      y = PAGE.height - PAGE.margin
    }
    page.drawText(printable(text).slice(0, LONGEST), { x: PAGE.margin, y, size, font })
    y -= size * 1.5
  }
}

/** The fonts that every reader has know Western letters only. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '?')
}

function isShown(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

function isAddress(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('http')
}

function words(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ')
}
