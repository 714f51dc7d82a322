/** Where the course is published: canonical links, and what printed pages call the site. */
export const siteAddress = 'https://course.technow.example';
