// What a city changes: where its gateway is reached. The address must be among the app's allowed
// domains of WeChat's console, as https:// (request, uploadFile, downloadFile) and wss:// (socket).
export const settings = {
  server: 'https://12345.example.gov.cn',
}
