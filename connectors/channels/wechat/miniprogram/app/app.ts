import { services } from './lib/services'

App({
  onLaunch() {
    // What is read aloud shall be heard on a telephone that is set to silent, too: it was asked for.
    wx.setInnerAudioOption?.({ obeyMuteSwitch: false, fail: () => {} })
  },
  onShow() {
    services().line.wake()
  },
})
