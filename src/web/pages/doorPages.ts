import { RegisterPage } from './RegisterPage.tsx'
import { SignInPage } from './SignInPage.tsx'

/** The pages for whoever is not signed in: opened one after the other, they come as one file. */
export const doorPages = { SignInPage, RegisterPage }
