export default {
  // Only because the tests link packages from elsewhere: Turbopack reads nothing outside of its root.
  turbopack: { root: '/' },
}
