console.log('hotshard')
