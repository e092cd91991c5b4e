// Loaded into the server, and into a launcher that stays before it (a first start on an older Node). npm passes SIGTERM to its
// shell alone, and a killed launcher passes on nothing: in both cases the rest would stay behind. It ends itself gracefully
// when its parent is gone.
const parent = process.ppid
const timer = setInterval(() => {
  if (process.ppid === parent) return
  clearInterval(timer)
  process.kill(process.pid, 'SIGTERM')
}, 500)
timer.unref()

// A stop that has already begun must not be hurried by a second signal.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    clearInterval(timer)
    // Listening switched the default off; without another listener it still has to end the process.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  })
}
