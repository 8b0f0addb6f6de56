/** The camera part of the hosted page's script, and the picture for those who have none. */
export const pageCamera = `
  const CAMERA_ERRORS = {
    NotAllowedError: ['camera_permission_denied', 'The camera is not allowed here. Allow it in your browser and try again, or go on with a sample picture.'],
    SecurityError: ['camera_permission_denied', 'The camera is not allowed here. Go on with a sample picture.'],
    NotFoundError: ['camera_not_found', 'No camera was found. Connect one and try again, or go on with a sample picture.'],
    OverconstrainedError: ['camera_not_found', 'No fitting camera was found. Go on with a sample picture.'],
  }
  const CAMERA_ERROR = ['camera_unavailable', 'The camera could not be used. Perhaps another program has it. Try again, or go on with a sample picture.']

  let stream
  let run = 0

  async function startCamera() {
    stopCamera()
    const mine = ++run
    setState('waiting')
    try {
      if (!navigator.mediaDevices) throw new DOMException('No camera in this context', 'NotFoundError')
      const video = { facingMode: CAPTURES[step].facing }
      const opened = await navigator.mediaDevices.getUserMedia({ video })
      if (mine !== run) return opened.getTracks().forEach((track) => track.stop())
      stream = opened
      $('video').srcObject = stream
      await $('video').play()
      if (mine !== run) return
      post('media_started', { step, mediaType: 'video' })
      setState('live')
    } catch (error) {
      if (mine !== run) return
      stopCamera()
      const [code, words] = CAMERA_ERRORS[error.name] || CAMERA_ERROR
      $('problem').textContent = words
      setState('trouble')
      $('retry').focus()
      post('error', { error: code, step })
    }
  }

  function stopCamera() {
    run++
    if (stream) stream.getTracks().forEach((track) => track.stop())
    stream = undefined
    if ($('video')) $('video').srcObject = null
  }

  function shoot() {
    const video = $('video')
    const picture = $('picture')
    picture.width = video.videoWidth
    picture.height = video.videoHeight
    picture.getContext('2d').drawImage(video, 0, 0)
    taken()
  }

  function sample() {
    const picture = $('picture')
    picture.width = 640
    picture.height = 480
    const context = picture.getContext('2d')
    const fill = (colour, ...box) => {
      context.fillStyle = colour
      context.fillRect(...box)
    }
    const person = (x, y, size) => {
      context.fillStyle = '#8b93a9'
      context.beginPath()
      context.arc(x, y, size, 0, 7)
      context.fill()
      context.beginPath()
      context.ellipse(x, y + size * 2.5, size * 1.7, size * 1.3, 0, Math.PI, 0)
      context.fill()
    }
    fill('#2b3040', 0, 0, 640, 480)
    if (step === 'face') {
      person(320, 190, 95)
    } else {
      fill('#e9edf7', 90, 90, 460, 300)
      fill('#c98a10', 90, 90, 460, 44)
      for (const [i, width] of [200, 160, 180, 120].entries()) fill('#aab2c8', 300, 165 + i * 34, width, 14)
      fill('#cfd6e8', 120, 160, 145, 180)
      person(192, 225, 34)
      fill('#cfd6e8', 120, 352, 400, 10)
      fill('#cfd6e8', 120, 370, 400, 10)
      context.fillStyle = '#fff'
      context.font = '600 24px sans-serif'
      context.fillText('SAMPLE', 112, 120)
    }
    taken()
  }

  function taken() {
    stopCamera()
    post('media_captured', { step, isAuto: false })
    setState('taken')
    $('accept').focus()
  }
`
