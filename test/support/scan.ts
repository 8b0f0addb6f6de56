import jsQR from 'jsqr'
import type { Locator } from 'playwright'

/** What a phone reads when it is held before a picture on the screen. */
export async function scan(picture: Locator): Promise<string | undefined> {
  const png = (await picture.screenshot()).toString('base64')
  // A page of its own, whose policy lets pictures be looked into.
  const page = await picture.page().context().newPage()
  const { width, height, pixels } = await page.evaluate(async (data) => {
    const image = new Image()
    image.src = `data:image/png;base64,${data}`
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.width
    canvas.height = image.height
    const context = canvas.getContext('2d') as CanvasRenderingContext2D
    context.drawImage(image, 0, 0)
    const { data: seen } = context.getImageData(0, 0, image.width, image.height)
    return { width: image.width, height: image.height, pixels: [...seen] }
  }, png)
  await page.close()
  return jsQR.default(new Uint8ClampedArray(pixels), width, height)?.data
}
