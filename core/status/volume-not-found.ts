/** Recorded from ceph-csi: `volume 0001-… not found: Failed as image not found`. Before a first sync it answers NotFound as well, in other words. */
const volumeNotFound =
  /code = NotFound desc = (?!.*last sync time not found).*\b(volume|image|pool)\b.*not found/is;

/** Whether an error of a driver says that it finds no volume by the handle that it was given. */
export const saysVolumeNotFound = (error: string): boolean => volumeNotFound.test(error);
