/** The English that a dialog needs while it opens; the rest comes with what may happen in it. */
export const FIRST = {
  title: 'Identity verification',
  close: 'Close',
  loading: 'Loading the verification…',
}
