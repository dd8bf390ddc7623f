import { services } from './lib/services'

App({
  onShow() {
    services().line.wake()
  },
})
